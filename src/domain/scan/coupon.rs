//! The insides of coupons (identifiers 8110 and 8112): fields of lengths that they tell themselves.

use super::checks::{company, short_date};

/// Reads a coupon from the front.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a str> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    /// A digit that is one of these.
    fn one_of(&mut self, digits: &str) -> Option<usize> {
        let digit = self.take(1).filter(|digit| digits.contains(*digit))?;
        digit.parse().ok()
    }

    /// A text whose length is told by the digit before it, which is one of these, and `more`.
    fn counted(&mut self, digits: &str, more: usize) -> Option<&'a str> {
        let count = self.one_of(digits)?;
        self.take(count + more)
    }

    fn company(&mut self, digits: &str) -> Option<()> {
        self.counted(digits, 6).filter(|text| company(text)).map(drop)
    }

    /// The number of a company that is left out where the digit is 9.
    fn other_company(&mut self) -> Option<()> {
        if self.0.starts_with('9') { self.take(1).map(drop) } else { self.company("0123456") }
    }

    /// How much is bought, what that counts, and which family of articles.
    fn purchase(&mut self) -> Option<()> {
        self.counted("12345", 0)?;
        self.one_of("012349")?;
        self.take(3).map(drop)
    }

    /// Whether an optional field with this digit follows.
    fn begins(&mut self, digit: char) -> bool {
        let Some(rest) = self.0.strip_prefix(digit) else { return false };
        self.0 = rest;
        true
    }

    fn date(&mut self) -> Option<&'a str> {
        self.take(6).filter(|text| short_date(text, false))
    }

    fn coupon(mut self) -> Option<()> {
        self.company("0123456")?;
        self.take(6)?;
        self.counted("12345", 0)?;
        self.purchase()?;
        if self.begins('1') {
            self.one_of("0123")?;
            self.purchase()?;
            self.other_company()?;
        }
        if self.begins('2') {
            self.purchase()?;
            self.other_company()?;
        }
        let ends = if self.begins('3') { Some(self.date()?) } else { None };
        if self.begins('4') {
            let starts = self.date()?;
            if ends.is_some_and(|ends| starts > ends) {
                return None;
            }
        }
        if self.begins('5') {
            self.counted("0123456789", 6)?;
        }
        if self.begins('6') {
            self.company("1234567")?;
        }
        if self.begins('9') {
            self.one_of("01256")?;
            self.one_of("012")?;
            self.take(1)?;
            self.one_of("01")?;
        }
        self.0.is_empty().then_some(())
    }

    fn offer(mut self) -> Option<()> {
        self.one_of("01")?;
        self.counted("0123456", 6)?;
        self.take(6)?;
        self.counted("0123456789", 6)?;
        self.0.is_empty().then_some(())
    }
}

fn digits(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

/// Whether it is a coupon.
pub(super) fn is_coupon(value: &str) -> bool {
    digits(value) && Reader(value).coupon().is_some()
}

/// Whether it is an offer at the point of sale.
pub(super) fn is_offer(value: &str) -> bool {
    digits(value) && Reader(value).offer().is_some()
}
