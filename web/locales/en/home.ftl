home-search = Search proposals and comments from the whole city
home-figures = So far, in figures
plain-percent = { $shown }%
do-information = Read what it is about
do-collection = Write a proposal
do-discussion = Support and comment
do-review = Read the proposals under review
do-results = Read the answers
