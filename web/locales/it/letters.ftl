letter-closing = { $text }, tramite Arengo. Non rispondere a questa lettera.
letter-sign-in = { $text } è il tuo codice
letter-sign-in-asked = Qualcuno, probabilmente tu, ha chiesto di entrare nel sito di partecipazione di { $text } con questo indirizzo.
letter-sign-in-code = { $n ->
    [one] Scrivi queste sei cifre dove hai chiesto di entrare. Valgono un minuto. Se non sei stato tu, ignora questa lettera.
   *[other] Scrivi queste sei cifre dove hai chiesto di entrare. Valgono { $n } minuti. Se non sei stato tu, ignora questa lettera.
}
letter-sign-in-link = Oppure apri questo collegamento nello stesso browser:
letter-hide = Un tuo testo è stato nascosto
letter-hide-told = Chi modera ha nascosto un testo che hai scritto. Tu continui a vederlo, gli altri no.
letter-restore = Un tuo testo è di nuovo visibile
letter-restore-told = Chi modera ha reso di nuovo visibile un testo che hai scritto, esattamente dov'era.
letter-reason = Motivo: { $text }
letter-see = Vedi il testo:
letter-corrected = Una proposta che sostieni è cambiata
letter-corrected-told = Il testo della proposta « { $text } », che sostieni, è stato corretto o completato. Puoi leggere che cosa è cambiato e, se vuoi, togliere il sostegno.
letter-see-changes = Vedi che cosa è cambiato:
