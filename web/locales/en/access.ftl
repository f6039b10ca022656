typed-title = Your text is still here
typed-explained = We did not receive it, but it is not lost. Copy it, go on with the button and paste it into the form.
typed-back-to-form = Back to the form
everywhere-tokens = Your tokens stop working too.
factor-remove = Remove the second factor
factor-remove-explained = If you remove the second factor, we end all your sessions and your tokens stop working. Your roles work again once you set up another one.
done-factor-removed = The second factor is gone. We ended all your sessions, and your tokens do not work any more.
