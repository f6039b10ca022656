# The letters to donors about receipts.

letter-receipt-issued = The receipt for your donation is ready: no. { $text }
letter-receipt-issued-told = Receipt no. { $name } for the { $amount } that you gave to “{ $title }” is ready. You can download it.
letter-receipt-asks = If you want to use it to pay less tax, add your tax code. You need not, and you can do it only once.
letter-receipt-cancelled = A receipt was cancelled: no. { $text }
letter-receipt-cancelled-told = Receipt no. { $name } for the { $amount } that you gave to “{ $title }” is not valid any more.
letter-receipt-because-refunded = The reason: the donation goes back to you.
letter-receipt-because-changed = The reason: what is left of the donation changed. There is a new receipt for what is left.
letter-receipt-because-lost = The reason: your bank took the donation back.
letter-see-receipt = See the receipt:
