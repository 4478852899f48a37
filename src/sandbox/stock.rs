//! Numbers -> the slugs of the conversations that an account begins with. Knows nothing of what is
//! in them: that follows from the slug.

/// What customers write about; as in the samples.
const SUBJECTS: [&str; 40] = [
    "late-parcel",
    "where-is-my-order",
    "refund-for-damaged-mug",
    "change-of-address",
    "invoice-copy-please",
    "wrong-size-delivered",
    "cancel-subscription",
    "discount-code-does-not-work",
    "gift-wrapping-question",
    "password-reset-loop",
    "double-charged",
    "broken-zipper",
    "return-label-does-not-print",
    "warranty-claim-kettle",
    "order-1042-incomplete",
    "colour-differs-from-photo",
    "bulk-order-quote",
    "vat-number-on-invoice",
    "parcel-at-wrong-door",
    "exchange-for-larger-size",
    "thank-you-note",
    "newsletter-opt-out",
    "app-crashes-on-login",
    "delivery-date-for-12-chairs",
    "screws-not-in-kit",
    "loyalty-points-gone",
    "payment-declined-twice",
    "wedding-list-question",
    "returns-after-30-days",
    "pick-up-in-store",
    "allergy-information",
    "spare-part-for-lamp",
    "out-of-stock-alert",
    "scratched-table-top",
    "order-sent-twice",
    "express-shipping-cost",
    "business-account",
    "pre-order-status",
    "customs-fees",
    "courier-was-rude",
];

/// The slug of a conversation by its number, from 0: `late-parcel` and others, then `late-parcel-2`.
pub(super) fn slug(number: usize) -> String {
    let subject = SUBJECTS[number % SUBJECTS.len()];
    match number / SUBJECTS.len() {
        0 => subject.to_owned(),
        earlier => format!("{subject}-{}", earlier + 1),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn slugs_are_distinct_and_a_subject_that_comes_again_gets_a_number() {
        let slugs: Vec<String> = (0..100_000).map(slug).collect();
        assert_eq!(slugs.iter().collect::<HashSet<_>>().len(), slugs.len());
        assert_eq!(slugs[0], "late-parcel");
        assert_eq!(slugs[40], "late-parcel-2");
        // Those that begin with `missing-` name no conversation.
        assert!(slugs.iter().all(|slug| !slug.starts_with("missing-")));
    }
}
