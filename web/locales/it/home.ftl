home-search = Cerca tra proposte e commenti di tutta la città
home-figures = Finora, in cifre
plain-percent = { $shown }%
do-information = Leggi di che cosa si tratta
do-collection = Scrivi una proposta
do-discussion = Sostieni e commenta
do-review = Leggi le proposte in esame
do-results = Leggi le risposte
