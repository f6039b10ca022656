# Le ricevute delle donazioni: le pagine e i documenti.

receipts = Ricevute
receipts-lead = Una ricevuta per ogni donazione definitiva. Quelle annullate restano, con il loro numero.
receipts-table = Tabella delle ricevute
no-receipts = Non c’è ancora nessuna ricevuta.
receipt-name = Ricevuta n. { $text }
receipt-is-cancelled = annullata
receipt-state = Stato
receipt-state-issued = Valida
receipt-state-cancelled = Annullata
receipt-cancelled-refunded = Questa ricevuta è annullata dal { $text }, perché la donazione torna a chi l’ha fatta.
receipt-cancelled-changed = Questa ricevuta è annullata dal { $text }, perché è cambiato quello che resta della donazione: c’è un’altra ricevuta.
receipt-cancelled-lost = Questa ricevuta è annullata dal { $text }, perché la banca ha ripreso la donazione.
receipt-download = Scarica la ricevuta (PDF)
receipt-facts = I dati della ricevuta
receipt-number = Numero
receipt-recipient = Chi riceve
receipt-donor = Chi dona
receipt-donor-unknown = Non indicato
receipt-tax-code = Codice fiscale
receipt-address = Indirizzo
receipt-day = Giorno della donazione
receipt-amount = Importo
receipt-gift = Di cui dono
receipt-reward = Di cui ricompensa
receipt-issued = Emessa
receipt-taxes = Le tasse
receipt-asks = Se ci dai il tuo codice fiscale, la ricevuta ti serve per pagare meno tasse. Non sei obbligato. Puoi farlo una volta sola.
receipt-give-tax-data = Aggiungi i tuoi dati fiscali
receipt-tax-data-explained = Scrivi i dati di chi ha donato. Li vedono chi riceve la donazione e chi custodisce i soldi, e vanno all’Agenzia delle Entrate. Controllali bene: dopo non si possono cambiare. Il numero della ricevuta resta lo stesso.
receipt-keep-tax-data = Salva i dati
receipt-see-gift = Vedi la donazione
done-receipt-tax-data = I tuoi dati sono sulla ricevuta.
field-name = Nome e cognome, o nome dell’ente
field-tax-code = Codice fiscale
hint-tax-code = Sedici lettere e cifre per una persona, undici cifre per un ente.
field-address = Indirizzo
hint-address = Via, numero, CAP e città.
receipt-years = Riepilogo per anno
receipt-years-lead = Un documento PDF con tutte le ricevute valide di un anno.
receipt-year = { $n ->
    [one] { $year }: una ricevuta, { $amount } (PDF)
   *[other] { $year }: { $n } ricevute, { $amount } (PDF)
}
receipt-files = Per l’Agenzia delle Entrate
receipt-files-lead = Un file per anno con le donazioni tracciabili di chi ha dato il codice fiscale, meno quello che è tornato indietro. Ci sono anche le altre raccolte di chi promuove questa.
receipt-file = Donazioni del { $text } (CSV)

tax-benefit-credit-35 = Chi dona può togliere dalle tasse il 35% del dono, fino a 30.000 euro di doni in un anno, oppure dedurre il dono fino al 10% del reddito dichiarato (art. 83, commi 1 e 2, d.lgs. 117/2017). Le due cose non si sommano.
tax-benefit-credit-30 = Chi dona può togliere dalle tasse il 30% del dono, fino a 30.000 euro di doni in un anno, oppure dedurre il dono fino al 10% del reddito dichiarato (art. 83, commi 1 e 2, d.lgs. 117/2017). Le due cose non si sommano.
tax-benefit-deduction-10 = L’ente che dona può dedurre il dono fino al 10% del reddito dichiarato (art. 83, comma 2, d.lgs. 117/2017).
tax-benefit-not-for-them = Per questa donazione non ci sono vantaggi fiscali, perché chi la riceve non è un ente del terzo settore per cui la legge li prevede.
tax-benefit-cash = Per questa donazione non ci sono vantaggi fiscali, perché è stata fatta in contanti.
tax-benefit-all-reward = Per questa donazione non ci sono vantaggi fiscali, perché l’importo è il valore della ricompensa.
tax-benefit-no-tax-code = Per ora questa ricevuta non dà vantaggi fiscali, perché manca il codice fiscale di chi dona.

paper-recipient = Chi riceve
paper-donor = Chi dona
paper-gift = La donazione
paper-name = Nome
paper-form = Forma giuridica
paper-seat = Sede
paper-register = Registro del terzo settore (RUNTS)
paper-for = Per
paper-payment = Riferimento del pagamento
paper-liberality = Il dono è un’erogazione liberale: chi dona non riceve niente in cambio.
paper-reward = Il valore della ricompensa non è un dono e non si può dedurre.
paper-attested = { $custodian } ha raccolto i soldi su { $site } per { $recipient }, a cui sono destinati.
paper-issued = Emessa il { $day } con il sistema di { $city }.
paper-statement = Donazioni del { $text }
paper-statement-lead = Tutte le ricevute valide di quest’anno. Quelle annullate non ci sono.
paper-statement-benefits = Doni per cui la legge prevede un vantaggio fiscale: { $text }.
paper-statement-proof = Questo riepilogo non sostituisce le ricevute.
paper-sum = Totale
