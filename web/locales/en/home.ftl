home-search = Search proposals and comments from the whole city
home-figures = So far, in figures
plain-percent = { $shown }%
todo-information = Read what it is about
todo-collection = Write a proposal
todo-discussion = Support and comment
todo-review = Read the proposals under review
todo-results = Read the answers
