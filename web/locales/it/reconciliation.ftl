# Il conto presso il fornitore dei pagamenti, sul tavolo della tesoreria.
reconciliation = Conto del fornitore
reconciliation-lead = Ogni giorno l’elenco dei movimenti del fornitore dei pagamenti si confronta con i nostri libri. I doni e i rimborsi che mancavano si registrano da soli. Il resto lo decidi tu.
reconciliation-last = Ultimo confronto
reconciliation-never = Non c’è ancora stato un confronto.
reconciliation-ended = Finito il { $at }: { $n ->
    [one] un movimento letto
   *[other] { $n } movimenti letti
  }, { $news ->
    [0] niente di nuovo
    [one] uno era nuovo
   *[other] { $news } erano nuovi
  }.
reconciliation-begun = Iniziato il { $at } e non ancora finito.
reconciliation-broken = L’ultima volta si è interrotto, e si riprova da solo. Motivo:
reconciliation-sum-clearing = Secondo i nostri libri
reconciliation-sum-provider = Secondo il fornitore
reconciliation-sum-difference = Differenza
reconciliation-gifts = Doni che il fornitore non mostra
reconciliation-gifts-next = Sono nei nostri libri da più di un giorno. Cerca il pagamento sul sito del fornitore con il suo nome. Se non c’è, scrivi all’assistenza del fornitore prima di versare qualcosa al promotore.
reconciliation-refunds = Rimborsi che il fornitore non mostra
reconciliation-refunds-next = Nei nostri libri sono fatti da più di un giorno. Cerca il rimborso sul sito del fornitore con il suo nome, e chiedi all’assistenza dov’è il denaro.
reconciliation-movements = Movimenti del fornitore
reconciliation-none = Non c’è nessun movimento così.
movement-state-open = Da spiegare
movement-state-known = Doni e rimborsi
movement-state-banked = Da e per la banca
movement-state-charged = Costi del fornitore
movement-age = { $n ->
    [0] da oggi
    [one] da un giorno
   *[other] da { $n } giorni
  }
movement-fee = Trattenuto dal fornitore: { $sum }
movement-because = Motivo: { $text }
movement-bank = È un passaggio con la banca
movement-charge = È un costo del fornitore
movement-explained-bank = Il denaro è andato dal conto del fornitore al conto in banca, o è venuto da lì. Il motivo resta nel registro.
movement-explained-charge = Il fornitore ha preso questo denaro per sé, o ne ha ridato una parte. Il motivo resta nel registro.
done-movement-bank = Registrato come passaggio con la banca.
done-movement-charge = Registrato come costo del fornitore.
desk-reconciliation = Il conto del fornitore
