sign-in-lead = Scrivi il tuo indirizzo e-mail: ti mandiamo un codice. Non serve una password.
field-email = Indirizzo e-mail
hint-email = Resta privato: gli altri vedono solo il nome che scegli.
send-code = Mandami il codice
sign-in-privacy = Usiamo l'indirizzo solo per farti entrare e per avvisarti.
type-code = Scrivi il codice
code-sent = { $n ->
    [one] Se l'indirizzo è giusto, tra poco arriva una lettera con sei cifre. Valgono un minuto.
   *[other] Se l'indirizzo è giusto, tra poco arriva una lettera con sei cifre. Valgono { $shown } minuti.
}
field-code = Codice di sei cifre
no-letter = Non è arrivato niente? Riprova con un altro indirizzo.
link-confirm = Un ultimo passo: conferma che sei tu.
link-elsewhere = Hai chiesto di entrare da un altro browser.
link-elsewhere-explained = Torna là dove hai scritto il tuo indirizzo e scrivi le sei cifre della lettera. Così nessuno può entrare al posto tuo con un collegamento.
link-over = Questo collegamento non vale più.
send-new-code = Chiedi un nuovo codice
demonstration-sign-in = Un clic e sei dentro: in questa dimostrazione non serve altro.
