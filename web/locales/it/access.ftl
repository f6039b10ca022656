typed-title = Il tuo testo è ancora qui
typed-explained = Non lo abbiamo ricevuto, ma non è perduto. Copialo, continua con il pulsante e incollalo nel modulo.
typed-back-to-form = Torna al modulo
everywhere-tokens = Anche i tuoi token smettono di valere.
factor-remove = Togli il secondo fattore
factor-remove-explained = Se togli il secondo fattore, chiudiamo tutti i tuoi accessi e i tuoi token smettono di valere. I tuoi ruoli funzionano di nuovo quando ne imposti un altro.
done-factor-removed = Il secondo fattore non c’è più. Abbiamo chiuso tutti gli accessi e i tuoi token non valgono più.
