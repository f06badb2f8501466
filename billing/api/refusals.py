"""What may come of looking at a price, of changing a subscription and of buying one, for the API's description."""

from billing.errors import (
    ActionRequired,
    AlreadySubscribed,
    ChangeAwaitsPayment,
    ChangeScheduled,
    Declined,
    Invalid,
    KeyReused,
    MachinesInTheWay,
    NoCard,
    NoSubscription,
    NotChangeable,
    NotFound,
    NotOffered,
    NotOnSale,
    PaymentOverdue,
    PreviewTooOld,
    PurchaseUnderWay,
    SetToEnd,
)

OF_A_PREVIEW = (
    Invalid,
    NotFound,
    NotOffered,
    NotOnSale,
    AlreadySubscribed,
    NotChangeable,
    PaymentOverdue,
    SetToEnd,
    ChangeScheduled,
    ChangeAwaitsPayment,
    MachinesInTheWay,
)
OF_A_CHANGE = (
    Declined,
    NoCard,
    Invalid,
    NotFound,
    KeyReused,
    NotOffered,
    NotOnSale,
    NoSubscription,
    NotChangeable,
    PaymentOverdue,
    SetToEnd,
    ChangeScheduled,
    ChangeAwaitsPayment,
    MachinesInTheWay,
    PreviewTooOld,
    PurchaseUnderWay,
)
OF_A_PAGE = (
    Invalid,
    NotFound,
    KeyReused,
    NotOffered,
    NotOnSale,
    AlreadySubscribed,
    PurchaseUnderWay,
)
OF_A_PURCHASE = (Declined, ActionRequired, *OF_A_PAGE)
