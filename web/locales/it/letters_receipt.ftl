# Le lettere a chi dona, sulle ricevute.

letter-receipt-issued = La ricevuta della tua donazione è pronta: n. { $text }
letter-receipt-issued-told = La ricevuta n. { $name } per i { $amount } che hai donato a «{ $title }» è pronta. La puoi scaricare.
letter-receipt-asks = Se vuoi usarla per pagare meno tasse, aggiungi il tuo codice fiscale. Non sei obbligato, e puoi farlo una volta sola.
letter-receipt-cancelled = Una ricevuta è annullata: n. { $text }
letter-receipt-cancelled-told = La ricevuta n. { $name } per i { $amount } che hai donato a «{ $title }» non vale più.
letter-receipt-because-refunded = Il motivo: la donazione torna da te.
letter-receipt-because-changed = Il motivo: è cambiato quello che resta della donazione. C’è una nuova ricevuta, per quello che resta.
letter-receipt-because-lost = Il motivo: la tua banca ha ripreso la donazione.
letter-see-receipt = Vedi la ricevuta:
