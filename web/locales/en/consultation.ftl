consultations-lead = Choose a consultation: each says what you can do now and until when.
no-consultations = There are no consultations yet.
standing-open = Open
standing-coming = Coming
standing-closed = Closed
standings-open = Open
standings-coming = Coming
standings-closed = Closed
phase-information = Information
phase-collection = Collection of proposals
phase-discussion = Discussion
phase-review = Review by the city
phase-results = Results
explained-information = In this phase you inform yourself: proposals can be written once the collection opens.
explained-collection = In this phase you can write proposals, support them and comment on them.
explained-discussion = In this phase you can support and comment on the proposals already published.
explained-review = In this phase the city examines the proposals and prepares its answers.
explained-results = The consultation is over: here are the city’s answers.
closes = Closes { $text }
opens = Opens { $text }
phases = Phases
today = today
figures = The consultation in figures
what-about = What it is about
themes = Themes
the-city = The city
map-of-districts = Map of districts and quarters; the same list is among the filters of the proposals
read-proposals = { $n ->
    [one] Read the proposal
   *[other] Read the { $shown } proposals
}
write-proposal = Write a proposal
since-date = From { $text }
latest-proposals = The latest proposals
most-supported-proposals = The most supported proposals
