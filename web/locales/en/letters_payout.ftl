# The letters to whoever promotes a campaign, about how they are paid.

letter-payout-sent = A payout is at the bank: { $text }
letter-payout-sent-told = We sent a payout of { $amount } to the bank for the campaign “{ $title }”.
letter-payout-sent-next = It usually arrives within one or two working days.
letter-payout-returned = A payout came back: { $text }
letter-payout-returned-told = The bank sent back the payout of { $amount } for the campaign “{ $title }”.
letter-payout-returned-next = Check that the account is right. The money stays yours: we send it again.
letter-payout-account = An account was entered: { $text }
letter-payout-account-told = For the campaign “{ $text }” the account was entered to which the money is sent.
letter-payout-account-rests = It is another one than before: for safety we pay nothing before { $text }.
letter-payout-account-next = If it was not you who asked for this, write to { $text } at once.
letter-payout-to = Account: { $holder }, last digits { $tail }
letter-payout-link = See the payouts:
