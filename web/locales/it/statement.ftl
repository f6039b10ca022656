# Gli estratti conto della banca di chi custodisce le donazioni.

statements = Estratti conto
statements-lead = I bonifici che portano il codice e la cifra giusta si riconoscono da soli. Gli altri li decidi tu.
statements-last = Gli ultimi che hai caricato
statement-import = Carica un estratto conto
statement-file = File dell’estratto conto
statement-hint = Un file CAMT.053 (XML) o una tabella CSV con data, importo e descrizione. Le righe già viste non contano due volte.
statement-movements = Movimenti
statement-no-lines = Qui non c’è nessun movimento.
statement-lines = { $n ->
    [one] una riga
   *[other] { $n } righe
}
desk-see-statements = Vai agli estratti conto
line-state-new = da guardare
line-state-open = da decidere
line-state-matched = riconosciuto
line-state-set-aside = messo da parte
line-assign = È una donazione
line-set-aside = Metti da parte
line-see-gift = Vedi la donazione
line-suggested = Porta il codice di una donazione, ma la cifra o lo stato non corrispondono.
line-set-aside-because = Messo da parte: { $text }
line-explained-assign = Scrivi il codice della donazione. La cifra arrivata è la donazione, anche se ne era stata promessa un’altra.
line-explained-set-aside = Questo movimento non riguarda le donazioni. Scrivi che cos’è.
done-statement-import = L’estratto conto è caricato: fra poco i movimenti riconosciuti spariscono da questa lista.
done-line-assign = Il movimento è di quella donazione.
done-line-set-aside = Il movimento è messo da parte.
field-gift-code = Codice della donazione
