# The account at the provider of payments, at the treasurer’s desk.
reconciliation = Provider’s account
reconciliation-lead = Each day the provider’s list of movements is compared with our books. Gifts and refunds that were missing are booked by themselves. You decide the rest.
reconciliation-last = Last comparison
reconciliation-never = There has been no comparison yet.
reconciliation-ended = Ended on { $at }: { $n ->
    [one] one movement read
   *[other] { $n } movements read
  }, { $news ->
    [0] nothing new
    [one] one was new
   *[other] { $news } were new
  }.
reconciliation-begun = Begun on { $at } and not ended yet.
reconciliation-broken = It was broken off the last time, and is tried again by itself. Reason:
reconciliation-sum-clearing = By our books
reconciliation-sum-provider = By the provider
reconciliation-sum-difference = Difference
reconciliation-gifts = Gifts that the provider does not show
reconciliation-gifts-next = They have been in our books for more than a day. Look for the payment on the provider’s site by its name. If it is not there, write to the provider’s support before anything is paid to the promoter.
reconciliation-refunds = Refunds that the provider does not show
reconciliation-refunds-next = By our books they were made more than a day ago. Look for the refund on the provider’s site by its name, and ask support where the money is.
reconciliation-movements = The provider’s movements
reconciliation-none = There is no such movement.
movement-state-open = To be explained
movement-state-known = Gifts and refunds
movement-state-banked = To and from the bank
movement-state-charged = The provider’s costs
movement-age = { $n ->
    [0] since today
    [one] for one day
   *[other] for { $n } days
  }
movement-fee = Kept by the provider: { $sum }
movement-because = Reason: { $text }
movement-bank = It moved to or from the bank
movement-charge = It is the provider’s cost
movement-explained-bank = The money went from the provider’s account to the bank account, or came from there. The reason stays in the register.
movement-explained-charge = The provider took this money for itself, or gave a part of it back. The reason stays in the register.
done-movement-bank = Booked as moved to or from the bank.
done-movement-charge = Booked as the provider’s cost.
desk-reconciliation = The provider’s account
