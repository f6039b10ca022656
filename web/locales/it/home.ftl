home-search = Cerca tra proposte e commenti di tutta la città
home-figures = Finora, in cifre
plain-percent = { $shown }%
todo-information = Leggi di che cosa si tratta
todo-collection = Scrivi una proposta
todo-discussion = Sostieni e commenta
todo-review = Leggi le proposte in esame
todo-results = Leggi le risposte
