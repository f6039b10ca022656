typed-kept = We have not received it yet, but it is not lost: go on with the button, and at the end it stands ready to be sent.
held-lead = Now you can send it. Check that all is right.
held-send = Send
held-file = The document must be chosen again: add it after sending.
no-letter-text-kept = Nothing has arrived? Your text stays here.
