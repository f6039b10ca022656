sign-in-lead = Scrivi il tuo indirizzo e-mail: ti inviamo un codice. Non serve una password.
field-email = Indirizzo e-mail
hint-email = Resta privato: gli altri vedono solo il nome che scegli.
send-code = Inviami il codice
sign-in-privacy = Usiamo l’indirizzo solo per farti accedere e per inviarti avvisi.
type-code = Scrivi il codice
code-sent = { $n ->
    [one] Se l’indirizzo è giusto, tra poco arriva un messaggio con sei cifre. Valgono un minuto.
   *[other] Se l’indirizzo è giusto, tra poco arriva un messaggio con sei cifre. Valgono { $shown } minuti.
}
field-code = Codice di sei cifre
no-letter = Non è arrivato niente? Riprova con un altro indirizzo.
link-confirm = Un ultimo passo: conferma che sei tu.
link-elsewhere = Hai chiesto di accedere da un altro browser.
link-elsewhere-explained = Torna là dove hai scritto il tuo indirizzo e scrivi le sei cifre del messaggio. Così nessuno può accedere al posto tuo con un collegamento.
link-over = Questo collegamento non vale più.
send-new-code = Chiedi un nuovo codice
demonstration-sign-in = Un clic e sei dentro: in questa dimostrazione non serve altro.
