motto = The city decides together
skip-to-main = Skip to content
skip-to-footer = Skip to footer
other-language = Italiano
sign-in = Sign in
sign-out = Sign out
search = Search
search-everything = Search proposals and comments
main-menu = Main menu
home = Home
consultations = Consultations
proposals = Proposals
comments = Comments
supports = Supports
answered = Answered by the city
about = What Arengo is
rules = Rules
accessibility = Accessibility
privacy = Privacy notice
legal = Legal notes
developers = For developers
way-back = Breadcrumb
demonstration = This is a demonstration: the city, the people and the proposals are made up.
factor-missing = To act in your role you need the second factor.
factor-give = Enter the code
pages = Pages
next-page = Next page
first-page = Back to the first page
results = Results
order = Sort by
filters = Filters
filtered-by = Active filters:
take-filter-away = (remove this filter)
save = Save
back = Back
edit = Edit
remove = Remove
plain-number = { $shown }
date = { $day } { $month } { $year }
moment = { $date }, { $time }
first-of-month = 1
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
in-days = { $n ->
    [one] in a day
   *[other] in { $n } days
}
in-hours = { $n ->
    [one] in an hour
   *[other] in { $n } hours
}
in-minutes = { $n ->
    [one] in a minute
   *[other] in { $n } minutes
}
form-refused = Check these points and try again
limit-least = At least { $limit } are needed.
limit-most = The most is { $limit }.
error-not-found = Page not found
error-denied = You may not do this
error-refused = It was not possible
error-ours = Something went wrong
error-code = Code: { $text }
ways-out = You can go on from here
home-title = Let us decide about the city together
home-lead = Read the proposals of the people who live here, support those you share, write your own. The city answers and shows what became of them.
open-now = Open now
nothing-open = No consultation is open at the moment.
all-consultations = See all consultations
coming-soon = Coming soon
decided-lately = What was decided
done-signed-out = You are signed out. See you soon!
