# The statements of the bank of whoever holds the donations.

statements = Bank statements
statements-lead = Transfers that carry the code and the right amount are known by themselves. You decide of the others.
statements-last = The last ones that were taken in
statement-import = Take in a statement
statement-file = File of the statement
statement-hint = A CAMT.053 file (XML), or a CSV table with date, amount and description. Lines seen before do not count twice.
statement-movements = Movements
statement-no-lines = There is no movement here.
statement-lines = { $n ->
    [one] one line
   *[other] { $n } lines
}
desk-see-statements = Go to the bank statements
line-state-new = to be looked at
line-state-open = to be decided
line-state-matched = known
line-state-set-aside = set aside
line-assign = It is a donation
line-set-aside = Set aside
line-see-gift = See the donation
line-suggested = It carries the code of a donation, but the amount or the state does not fit.
line-set-aside-because = Set aside: { $text }
line-explained-assign = Write the donation’s code. What came is the donation, also when another amount was promised.
line-explained-set-aside = This movement has nothing to do with donations. Write what it is.
done-statement-import = The statement is taken in: in a moment the movements that are known leave this list.
done-line-assign = The movement is that donation.
done-line-set-aside = The movement is set aside.
field-gift-code = Code of the donation
