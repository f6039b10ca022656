# Le lettere a chi promuove una raccolta fondi, su come viene pagato.

letter-payout-sent = Un pagamento è in banca: { $text }
letter-payout-sent-told = Abbiamo mandato in banca un pagamento di { $amount } per la raccolta fondi «{ $title }».
letter-payout-sent-next = Di solito arriva in uno o due giorni lavorativi.
letter-payout-returned = Un pagamento è tornato indietro: { $text }
letter-payout-returned-told = La banca ha restituito il pagamento di { $amount } per la raccolta fondi «{ $title }».
letter-payout-returned-next = Controlla che il conto sia giusto. Il denaro resta tuo: lo mandiamo di nuovo.
letter-payout-account = È stato inserito un conto: { $text }
letter-payout-account-told = Per la raccolta fondi «{ $text }» è stato inserito il conto su cui mandare il denaro.
letter-payout-account-rests = È diverso da quello di prima: per sicurezza non paghiamo niente prima del { $text }.
letter-payout-account-next = Se la richiesta non viene da te, scrivi subito a { $text }.
letter-payout-to = Conto: { $holder }, ultime cifre { $tail }
letter-payout-link = Vedi i pagamenti:
