sign-in-lead = Type your e-mail address: we send you a code. You need no password.
field-email = E-mail address
hint-email = It stays private: others see only the name you choose.
send-code = Send me the code
sign-in-privacy = We use the address only to let you in and to tell you what concerns you.
type-code = Type the code
code-sent = { $n ->
    [one] If the address is right, a message with six digits arrives soon. They are good for a minute.
   *[other] If the address is right, a message with six digits arrives soon. They are good for { $shown } minutes.
}
field-code = Code of six digits
no-letter = Nothing has arrived? Try again with another address.
link-confirm = One last step: confirm that it is you.
link-elsewhere = You asked to sign in with another browser.
link-elsewhere-explained = Go back to where you typed your address and type the six digits of the message there. So nobody can sign in for you by a link.
link-over = This link no longer works.
send-new-code = Ask for a new code
demonstration-sign-in = One click and you are in: this demonstration asks for nothing else.
