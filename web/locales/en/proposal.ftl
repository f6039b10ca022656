state-draft = Draft
state-published = Published
state-under-review = Under review
state-accepted = Accepted
state-partly-accepted = Partly accepted
state-declined = Declined
state-delivered = Delivered
state-withdrawn = Withdrawn
state-merged = Merged into another
state-hidden = Hidden
origin-online = Written online
origin-meeting = From a meeting
origin-phone = By telephone
origin-paper = On paper
origin-organisation = From an organisation
origin-official = From the city
filter-theme = Theme
filter-district = District
filter-state = State
filter-origin = Origin
one-author = By one person
sort-random = In random order
sort-newest = Newest
sort-most-supported = Most supported
sort-most-discussed = Most discussed
search-in-proposals = Search the proposals
n-proposals = { $n ->
    [one] One proposal
   *[other] { $shown } proposals
}
n-supports = { $n ->
    [one] 1 support
   *[other] { $shown } supports
}
n-objections = { $n ->
    [one] 1 against
   *[other] { $shown } against
}
people-support = { $n ->
    [one] person supports it
   *[other] people support it
}
no-proposals = No proposals with these filters. Remove a filter, or write the first one yourself.
by = by { $text }
comment-by = (comment by { $text })
support = Support
take-support-back = Take support back
you-support = You support this proposal now.
you-do-not-support = You do not support this proposal.
sign-in-to-support = Sign in to support
closed-withdrawn = The proposal was withdrawn: it can no longer be supported or commented on.
closed-merged = The proposal was merged into another: it can no longer be supported or commented on.
closed-phase = The proposal cannot be supported or commented on at the moment: the phases of the consultation say when.
proposal-hidden = This proposal is hidden from the public.
hidden-because = Reason: { $text }
withdrawn-because = Withdrawn by its author. Reason: { $text }
city-answers = The city’s answer
addendum = Note by the author
files = Pictures and documents
facts = Facts about the proposal
fact-origin = Origin
fact-theme = Theme
fact-district = District
fact-quarter = Quarter
fact-published = Published
fact-edited = Last edited
fact-reference = Reference
map-of-point = Map of the city with the point that the proposal names
share = Address to share
similar = Similar proposals
n-versions = { $n ->
    [one] 1 version
   *[other] { $shown } versions
}
versions = Versions
versions-explained = Every version stays readable. What was added is green, what was removed is red and struck through.
version-number = Version { $shown }
version-original = original text
version-edit = edit by the author
version-addendum = note by the author
version-correction = correction by an editor
reason-given = Reason: { $text }
act-add = Add a note
act-add-explained = The proposal has supports already, so its text stays: you can add a note that is read below it. Those who support it are told.
act-add-button = Publish the note
act-withdraw = Withdraw the proposal
act-withdraw-explained = The proposal can no longer be supported or commented on. Its text stays readable, with the reason.
act-withdraw-button = Withdraw
act-correct = Correct
act-correct-explained = The correction is marked as such, with its reason. Those who support the proposal are told and may take their support back.
act-correct-button = Publish the correction
act-answer = Answer
act-answer-explained = The city’s answer is read on top of the proposal. Accepting or declining it needs the reasons.
act-answer-button = Publish the answer
act-hide = Hide
act-hide-explained = The text will no longer be visible to the public. Its author reads the reason and is told.
act-hide-button = Hide
act-restore = Restore
act-restore-explained = The text is visible again exactly where it was. Its author is told.
act-restore-button = Restore
step-take-up = Take up for review
step-accept = Accept
step-accept-partly = Accept in part
step-decline = Decline
step-deliver = Mark as delivered
field-reason = Reason
hint-reason = The author of the text reads it.
field-note = Note
field-answer = Answer
field-title = Title
field-body = Text
hint-body = You can use **bold**, lists and links (Markdown).
field-step = What the city decided
done-add = The note is published.
done-withdraw = The proposal is withdrawn.
done-correct = The correction is published.
done-answer = The answer is published.
done-hide = The text is hidden.
done-restore = The text is visible again.
closed-review = The city is examining the proposals: they cannot be supported or commented on now.
closed-results = The consultation is over: proposals can no longer be supported or commented on.
