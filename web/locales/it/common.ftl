motto = La città decide insieme
skip-to-main = Vai al contenuto
skip-to-footer = Vai al piè di pagina
other-language = English
sign-in = Accedi
sign-out = Esci
search = Cerca
search-everything = Cerca tra proposte e commenti
main-menu = Menu principale
home = Inizio
consultations = Consultazioni
proposals = Proposte
comments = Commenti
supports = Sostegni
answered = Con risposta del Comune
about = Che cos’è Arengo
rules = Regole
accessibility = Accessibilità
privacy = Informativa sulla privacy
legal = Note legali
developers = Per chi sviluppa
way-back = Percorso di navigazione
demonstration = Questa è una dimostrazione: la città, le persone e le proposte sono inventate.
factor-missing = Per agire nel tuo ruolo serve il secondo fattore.
factor-give = Inserisci il codice
pages = Pagine
next-page = Pagina successiva
first-page = Torna alla prima pagina
results = Risultati
order = Ordina per
filters = Filtri
filtered-by = Filtri attivi:
take-filter-away = (togli questo filtro)
save = Salva
back = Indietro
edit = Modifica
remove = Rimuovi
plain-number = { $shown }
date = { $day } { $month } { $year }
moment = { $date }, ore { $time }
first-of-month = 1º
month-1 = gennaio
month-2 = febbraio
month-3 = marzo
month-4 = aprile
month-5 = maggio
month-6 = giugno
month-7 = luglio
month-8 = agosto
month-9 = settembre
month-10 = ottobre
month-11 = novembre
month-12 = dicembre
in-days = { $n ->
    [one] tra un giorno
   *[other] tra { $n } giorni
}
in-hours = { $n ->
    [one] tra un’ora
   *[other] tra { $n } ore
}
in-minutes = { $n ->
    [one] tra un minuto
   *[other] tra { $n } minuti
}
form-refused = Controlla questi punti e riprova
limit-least = Servono almeno { $limit }.
limit-most = Il massimo è { $limit }.
error-not-found = Pagina non trovata
error-denied = Non puoi farlo
error-refused = Non è stato possibile
error-ours = Qualcosa non ha funzionato
error-code = Codice: { $text }
ways-out = Puoi continuare da qui
home-title = Decidiamo insieme la città
home-lead = Leggi le proposte di chi vive qui, sostieni quelle che condividi, scrivi la tua. Il Comune risponde e mostra i risultati.
open-now = Aperte adesso
nothing-open = In questo momento nessuna consultazione è aperta.
all-consultations = Vedi tutte le consultazioni
coming-soon = In arrivo
decided-lately = Che cosa è stato deciso
done-signed-out = Hai chiuso la sessione. A presto!
