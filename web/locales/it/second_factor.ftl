second-factor = Secondo fattore
factor-lead = Scrivi le sei cifre che mostra adesso la tua app di autenticazione.
factor-confirm = Conferma
factor-lost = Hai perso il telefono? Scrivi a { $text }: una persona controllerà chi sei.
factor-setup = Imposta il secondo fattore
factor-set-up = Imposta il secondo fattore
factor-setup-lead = Oltre al codice inviato per e-mail, chi ha un ruolo conferma con un codice del proprio telefono. Serve una volta per giornata di lavoro.
factor-need-app = Ti serve un’app di autenticazione sul telefono: ne trovi di gratuite e libere. Poi premi il pulsante.
factor-begin = Mostra il codice da inquadrare
factor-begin-anew = Ricomincia con un altro codice
factor-scan = 1. Inquadra il codice con l’app
factor-square = Codice QR con il segreto; lo stesso segreto è scritto qui sotto
factor-open-app = Sei già sul telefono? Apri l’app da qui
factor-type-secret = Se non puoi inquadrarlo, scrivi nell’app questo segreto:
factor-then-code = 2. Scrivi il codice che l’app mostra
factor-code-wrong = Il codice non è giusto. Guarda di nuovo l’app: cambia ogni trenta secondi e ognuno vale una volta.
factor-paused = { $n ->
    [one] Troppi codici sbagliati. Riprova tra un minuto.
   *[other] Troppi codici sbagliati. Riprova tra { $n } minuti.
}
factor-is-on = Attivo
factor-is-off = Non impostato
done-second-factor = Il secondo fattore è confermato: puoi agire nel tuo ruolo.
