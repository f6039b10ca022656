# The receipts for donations: pages and papers.

receipts = Receipts
receipts-lead = One receipt for each donation that is final. Those that were cancelled stay, with their numbers.
receipts-table = Table of the receipts
no-receipts = There is no receipt yet.
receipt-name = Receipt no. { $text }
receipt-is-cancelled = cancelled
receipt-state = State
receipt-state-issued = Valid
receipt-state-cancelled = Cancelled
receipt-cancelled-refunded = This receipt was cancelled on { $text }, because the donation goes back to its donor.
receipt-cancelled-changed = This receipt was cancelled on { $text }, because what is left of the donation changed: there is another receipt.
receipt-cancelled-lost = This receipt was cancelled on { $text }, because the bank took the donation back.
receipt-download = Download the receipt (PDF)
receipt-facts = The facts of the receipt
receipt-number = Number
receipt-recipient = Received by
receipt-donor = Given by
receipt-donor-unknown = Not said
receipt-tax-code = Tax code
receipt-address = Address
receipt-day = Day of the donation
receipt-amount = Amount
receipt-gift = Of it a gift
receipt-reward = Of it the reward
receipt-issued = Issued
receipt-taxes = Taxes
receipt-asks = If you give us your tax code, you can use the receipt to pay less tax. You need not. You can do it only once.
receipt-give-tax-data = Add your tax data
receipt-tax-data-explained = Write who made the donation. Whoever receives the donation and whoever keeps the money see it, and it goes to the tax office. Check it well: it cannot be changed afterwards. The number of the receipt stays the same.
receipt-keep-tax-data = Save the data
receipt-see-gift = See the donation
done-receipt-tax-data = Your data is on the receipt.
field-name = Full name, or name of the body
field-tax-code = Tax code
hint-tax-code = Sixteen letters and digits for a person, eleven digits for a body.
field-address = Address
hint-address = Street, number, postcode and town.
receipt-years = By year
receipt-years-lead = A PDF document with all receipts of one year that are valid.
receipt-year = { $n ->
    [one] { $year }: one receipt, { $amount } (PDF)
   *[other] { $year }: { $n } receipts, { $amount } (PDF)
}
receipt-files = For the tax office
receipt-files-lead = One file for each year with the traceable donations of those who gave their tax code, less what went back. It includes the other campaigns of whoever promotes this one.
receipt-file = Donations of { $text } (CSV)

tax-benefit-credit-35 = The donor can take 35% of the gift off their tax, for gifts of up to 30,000 euros in a year, or deduct the gift up to 10% of the income they declare (art. 83, 1 and 2, d.lgs. 117/2017). They cannot do both.
tax-benefit-credit-30 = The donor can take 30% of the gift off their tax, for gifts of up to 30,000 euros in a year, or deduct the gift up to 10% of the income they declare (art. 83, 1 and 2, d.lgs. 117/2017). They cannot do both.
tax-benefit-deduction-10 = The body that gives can deduct the gift up to 10% of the income it declares (art. 83, 2, d.lgs. 117/2017).
tax-benefit-not-for-them = There is no tax benefit for this donation, because whoever receives it is no body of the third sector for which the law gives one.
tax-benefit-cash = There is no tax benefit for this donation, because it was paid in cash.
tax-benefit-all-reward = There is no tax benefit for this donation, because the amount is the value of the reward.
tax-benefit-no-tax-code = This receipt gives no tax benefit yet, because the tax code of the donor is missing.

paper-recipient = Received by
paper-donor = Given by
paper-gift = The donation
paper-name = Name
paper-form = Legal form
paper-seat = Seat
paper-register = Register of the third sector (RUNTS)
paper-for = For
paper-payment = Reference of the payment
paper-liberality = The gift is an act of generosity: the donor gets nothing in return for it.
paper-reward = The value of the reward is no gift and cannot be deducted.
paper-attested = { $custodian } collected the money on { $site } for { $recipient }, to whom it goes.
paper-issued = Issued on { $day } through the system of { $city }.
paper-statement = Donations of { $text }
paper-statement-lead = All receipts of this year that are valid. Those that were cancelled are not in it.
paper-statement-benefits = Gifts for which the law gives a tax benefit: { $text }.
paper-statement-proof = This statement does not replace the receipts.
paper-sum = Sum
