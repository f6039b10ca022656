second-factor = Second factor
factor-lead = Type the six digits that your authenticator app shows now.
factor-confirm = Confirm
factor-lost = Lost your phone? Write to { $text }: a person will check who you are.
factor-setup = Set up the second factor
factor-set-up = Set up the second factor
factor-setup-lead = Besides the code sent by e-mail, whoever has a role confirms with a code from their phone. It is asked once in a working day.
factor-need-app = You need an authenticator app on your phone: there are free and open ones. Then press the button.
factor-begin = Show the code to scan
factor-begin-anew = Start again with another code
factor-scan = 1. Scan the code with the app
factor-square = QR code with the secret; the same secret is written below
factor-open-app = Already on your phone? Open the app from here
factor-type-secret = If you cannot scan it, type this secret into the app:
factor-then-code = 2. Type the code that the app shows
factor-code-wrong = The code is not right. Look at the app again: it changes every thirty seconds and each works once.
factor-paused = { $n ->
    [one] Too many wrong codes. Try again in a minute.
   *[other] Too many wrong codes. Try again in { $n } minutes.
}
factor-is-on = On
factor-is-off = Not set up
done-second-factor = The second factor is confirmed: you can act in your role.
