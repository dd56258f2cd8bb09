//! How probable it is to find at most so many: binomial, Poisson and hypergeometric.
//!
//! For curves that people look at. No verdict rests on these numbers.

/// The logarithm of `n!`, by Stirling's series from 20 on.
fn ln_factorial(n: u32) -> f64 {
    if n < 20 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    let x = f64::from(n);
    let half_ln_two_pi = 0.918_938_533_204_672_8;
    let square = x * x;
    let series = (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square)
        / x;
    (x + 0.5) * x.ln() - x + half_ln_two_pi + series
}

fn ln_choose(n: u32, k: u32) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// The probability of at most `most` among `size` draws that are each nonconforming with `share`.
pub fn binomial(size: u32, most: u32, share: f64) -> f64 {
    if most >= size || share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    let (bad, good) = (share.ln(), (-share).ln_1p());
    let term =
        |k: u32| (ln_choose(size, k) + f64::from(k) * bad + f64::from(size - k) * good).exp();
    (0..=most).map(term).sum::<f64>().min(1.0)
}

/// The probability of at most `most` where `mean` are expected.
pub fn poisson(mean: f64, most: u32) -> f64 {
    if mean <= 0.0 {
        return 1.0;
    }
    let term = |k: u32| (f64::from(k) * mean.ln() - mean - ln_factorial(k)).exp();
    (0..=most).map(term).sum::<f64>().min(1.0)
}

/// The probability of at most `most` in a sample of `size` from a lot with so many nonconforming.
pub fn hypergeometric(lot: u32, bad: u32, size: u32, most: u32) -> f64 {
    let (bad, size) = (bad.min(lot), size.min(lot));
    let good = lot - bad;
    let fewest = size.saturating_sub(good);
    let last = most.min(size).min(bad);
    let all = ln_choose(lot, size);
    let term = |k: u32| (ln_choose(bad, k) + ln_choose(good, size - k) - all).exp();
    if last == size.min(bad) {
        return 1.0;
    }
    (fewest..=last).map(term).sum::<f64>().min(1.0)
}
