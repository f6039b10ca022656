letter-closing = { $text }, tramite Arengo. Non rispondere a questo messaggio.
letter-sign-in = { $text } è il tuo codice
letter-sign-in-asked = Qualcuno, probabilmente tu, ha chiesto di accedere al sito di partecipazione di { $text } con questo indirizzo.
letter-sign-in-code = { $n ->
    [one] Scrivi queste sei cifre dove hai chiesto di accedere. Valgono un minuto. Se non l’hai chiesto tu, ignora questo messaggio.
   *[other] Scrivi queste sei cifre dove hai chiesto di accedere. Valgono { $n } minuti. Se non l’hai chiesto tu, ignora questo messaggio.
}
letter-sign-in-link = Oppure apri questo collegamento nello stesso browser:
letter-hide = Un tuo testo è stato nascosto
letter-hide-told = Chi modera ha nascosto un testo che hai scritto. Tu continui a vederlo, gli altri no.
letter-restore = Un tuo testo è di nuovo visibile
letter-restore-told = Chi modera ha reso di nuovo visibile un testo che hai scritto, esattamente dov’era.
letter-reason = Motivo: { $text }
letter-see = Vedi il testo:
letter-corrected = Una proposta che sostieni è cambiata
letter-corrected-told = Il testo della proposta «{ $text }», che sostieni, è stato corretto o completato. Puoi leggere che cosa è cambiato e, se vuoi, togliere il sostegno.
letter-see-changes = Vedi che cosa è cambiato:
letter-answered = La città ha risposto a una proposta
letter-answered-told = La proposta «{ $title }», che hai scritto o che sostieni, ora è in questo stato: { $state }.
letter-see-answer = Leggi la risposta:
