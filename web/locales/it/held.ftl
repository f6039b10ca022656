typed-kept = Non lo abbiamo ancora ricevuto, ma non è perduto: continua con il pulsante, alla fine lo ritrovi pronto da inviare.
held-lead = Ora puoi inviarlo. Controlla che sia tutto giusto.
held-send = Invia
held-file = Il documento va scelto di nuovo: aggiungilo dopo aver inviato.
no-letter-text-kept = Non è arrivato niente? Il tuo testo resta qui.
