consultations-lead = Scegli una consultazione: ognuna dice che cosa puoi fare adesso e fino a quando.
no-consultations = Non ci sono ancora consultazioni.
standing-open = Aperta
standing-coming = In arrivo
standing-closed = Conclusa
standings-open = Aperte
standings-coming = In arrivo
standings-closed = Concluse
phase-information = Informazione
phase-collection = Raccolta delle proposte
phase-discussion = Discussione
phase-review = Esame da parte del Comune
phase-results = Risultati
explained-information = In questa fase ti informi: le proposte si potranno scrivere quando si aprirà la raccolta.
explained-collection = In questa fase puoi scrivere proposte, sostenerle e commentarle.
explained-discussion = In questa fase puoi sostenere e commentare le proposte già pubblicate.
explained-review = In questa fase il Comune esamina le proposte e prepara le risposte.
explained-results = La consultazione è conclusa: qui trovi le risposte del Comune.
closes = Si chiude { $text }
opens = Si apre { $text }
phases = Le fasi
today = oggi
figures = La consultazione in cifre
what-about = Di che cosa si tratta
themes = Temi
the-city = La città
map-of-districts = Mappa dei municipi e dei quartieri; lo stesso elenco è nei filtri delle proposte
read-proposals = { $n ->
    [one] Leggi la proposta
   *[other] Leggi le { $shown } proposte
}
write-proposal = Scrivi una proposta
since-date = Inizio: { $text }
latest-proposals = Le proposte più recenti
most-supported-proposals = Le proposte più sostenute
