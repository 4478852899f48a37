//! Evenly spaced slots: the generic cell rate algorithm (ITU-T I.371), as one instant.

use std::time::{Duration, Instant};

use super::Rate;

/// How far the slots may lag behind the clock: a worker that wakes up late must not cost a slot, and
/// what is made up for must not show. It is half a hundredth of a second's requests, or less than
/// one.
const SLACK: Duration = Duration::from_millis(5);

/// Where the next slot is.
#[derive(Debug, Default)]
pub(super) struct Slots {
    next: Option<Instant>,
}

impl Slots {
    /// Takes the slot that is due at `now`, or says when one will be. Spacing follows from the rate
    /// of this very moment: another rate than before means another spacing, and no fresh burst.
    pub(super) fn take(&mut self, now: Instant, rate: Rate) -> Result<(), Instant> {
        let due = self.next.unwrap_or(now);
        if due > now {
            return Err(due);
        }
        // Slots that nobody came for are lost, but for the slack.
        let lost = now.duration_since(due).saturating_sub(SLACK);
        self.next = Some(due + lost + rate.interval());
        Ok(())
    }

    /// After a pause nothing is made up for.
    pub(super) fn resume_at(&mut self, instant: Instant) {
        self.next = self.next.max(Some(instant));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The slots taken from now on until `end`, by someone who asks at each of `asks`.
    fn taken(slots: &mut Slots, rate: Rate, asks: impl Iterator<Item = Instant>) -> usize {
        asks.filter(|now| slots.take(*now, rate).is_ok()).count()
    }

    fn every(start: Instant, step: Duration, end: Instant) -> impl Iterator<Item = Instant> {
        std::iter::successors(Some(start), move |now| Some(*now + step))
            .take_while(move |now| *now < end)
    }

    #[test]
    fn slots_are_even_from_the_first_on() {
        let start = Instant::now();
        let (mut slots, rate) = (Slots::default(), Rate::new(50, SECOND));
        for slot in 0..200 {
            let due = start + SECOND / 50 * slot;
            assert_eq!(slots.take(due, rate), Ok(()), "slot {slot}");
            assert_eq!(slots.take(due, rate), Err(due + SECOND / 50));
        }
    }

    #[test]
    fn who_comes_late_loses_no_slot_and_who_comes_too_late_loses_all_but_a_few() {
        let start = Instant::now();
        for (rate, burst) in [(50, 1), (500, 3), (5_000, 26), (1_000_000, 5_001)] {
            let (mut slots, rate) = (Slots::default(), Rate::new(rate, SECOND));
            let late = start + 10 * SECOND;
            assert_eq!(slots.take(start, rate), Ok(()));
            let at_once = taken(&mut slots, rate, std::iter::repeat_n(late, 20_000));
            assert_eq!(at_once, burst, "{rate:?}");
        }
        let (mut slots, rate) = (Slots::default(), Rate::new(100, SECOND));
        // Asked every 3 ms: slots are 10 ms apart, so that most are taken late.
        let asks = every(start, SECOND * 3 / 1000, start + 10 * SECOND);
        let slots_taken = taken(&mut slots, rate, asks);
        assert!((998..=1001).contains(&slots_taken), "{slots_taken}");
    }

    #[test]
    fn another_rate_hands_out_no_fresh_burst() {
        let start = Instant::now();
        let mut slots = Slots::default();
        let mut passed = 0;
        // The rate changes at every step, up and down around 100/s.
        for (step, now) in every(start, SECOND / 1000, start + 10 * SECOND).enumerate() {
            let rate = Rate::of(if step % 2 == 0 { 95.0 } else { 105.0 });
            passed += u32::from(slots.take(now, rate).is_ok());
        }
        assert!((940..=1060).contains(&passed), "{passed}");
    }

    #[test]
    fn nothing_is_made_up_for_after_a_pause() {
        let start = Instant::now();
        let (mut slots, rate) = (Slots::default(), Rate::new(500, SECOND));
        assert_eq!(slots.take(start, rate), Ok(()));
        let end = start + 10 * SECOND;
        slots.resume_at(end);
        assert_eq!(slots.take(end, rate), Ok(()));
        assert_eq!(slots.take(end, rate), Err(end + SECOND / 500));
    }
}
