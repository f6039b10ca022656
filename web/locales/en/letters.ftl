letter-closing = { $text }, by way of Arengo. Please do not answer this message.
letter-sign-in = { $text } is your code
letter-sign-in-asked = Somebody, probably you, asked to sign in to the participation site of { $text } with this address.
letter-sign-in-code = { $n ->
    [one] Type these six digits where you asked to sign in. They are good for a minute. If it was not you, ignore this message.
   *[other] Type these six digits where you asked to sign in. They are good for { $n } minutes. If it was not you, ignore this message.
}
letter-sign-in-link = Or open this link in the same browser:
letter-hide = A text of yours was hidden
letter-hide-told = A moderator has hidden a text that you wrote. You still see it, others do not.
letter-restore = A text of yours is visible again
letter-restore-told = A moderator has made a text that you wrote visible again, exactly where it was.
letter-reason = Reason: { $text }
letter-see = See the text:
letter-corrected = A proposal that you support has changed
letter-corrected-told = The text of the proposal “{ $text }”, which you support, was corrected or completed. You can read what changed and, if you wish, take your support back.
letter-see-changes = See what changed:
letter-answered = The city has answered a proposal
letter-answered-told = The proposal “{ $title }”, which you wrote or support, now stands like this: { $state }.
letter-see-answer = Read the answer:
