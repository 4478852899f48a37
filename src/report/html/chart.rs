//! Requests over time, as a picture: bars of the rate, pauses shaded, answers 429 marked.
//!
//! Horizontal lengths are in percent: the picture is as wide as its place, and its letters stay as large.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::limits::CHARTED_PASSES;
use super::page::{Page, PageKind, PageSection};
use super::parts::{counted_grouped, file, percent, swatch};
use super::series::{RateBar, Series, series};
use crate::model::RateUnit;
use crate::report::in_words;

/// Where bars end and begin, and the height of the picture, in pixels.
const TOP: f64 = 20.0;
const BOTTOM: f64 = 180.0;
const HEIGHT: f64 = 216.0;

/// Steps between the times of the axis, in seconds.
const STEPS: [i64; 18] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400,
];

/// Times on the axis, at most: that many are beside each other on a telephone.
const MOST_TIMES: i64 = 5;

/// The least distance of two of them, in percent.
const LEAST_DISTANCE: f64 = 24.0;

/// The section; nothing for a preview, or where nothing was sent.
pub(super) fn section(page: &Page<'_>) -> Option<PageSection> {
    let is_empty = page.kind == PageKind::Preview || page.summary.pace.requests == 0;
    let content = match page.timeline {
        _ if is_empty => return None,
        [] => html! {
            p.quiet {
                "Not recorded: " (file("timeline.csv"))
                " is missing or empty (older versions did not write it)."
            }
        },
        _ => Chart::new(page).figure(),
    };
    Some(PageSection {
        id: "requests",
        title: "Requests over time",
        content,
    })
}

struct Chart {
    series: Vec<Series>,
    unit: RateUnit,
    /// What the axis goes up to, and its step.
    most: f64,
    step: f64,
}

impl Chart {
    fn new(page: &Page<'_>) -> Self {
        let series = series(page.timeline, &page.summary.passes);
        let unit = page.summary.rate_unit;
        let factor = unit.duration().as_secs_f64();
        let bars = series.iter().flat_map(|part| &part.bars);
        let highest = bars.map(RateBar::rate).fold(0.0, f64::max) * factor;
        // A limit far above what was sent would leave no room to see that.
        let asked = series.iter().filter_map(|part| part.asked);
        let asked = asked.map(|asked| asked * factor);
        let asked = asked.filter(|asked| *asked <= highest * 2.0);
        let highest = asked.fold(highest, f64::max);
        let step = step(highest);
        Self {
            most: (highest / step).ceil().max(1.0) * step,
            series,
            unit,
            step,
        }
    }

    fn figure(&self) -> Markup {
        let per = match self.unit {
            RateUnit::Second => "Requests per second",
            RateUnit::Minute => "Requests per minute",
        };
        html! {
            figure {
                figcaption { (per) ", retries included; times in UTC" (self.is_cut()) }
                div.chart {
                    (self.scale())
                    svg.plot height=(HEIGHT) role="img" aria-label=(self.in_words(per)) {
                        @for part in &self.series { (pauses(part)) }
                        (self.grid())
                        @for part in &self.series { (self.bars(part)) }
                        (self.limit_lines())
                        (self.times())
                    }
                }
                (self.key())
            }
        }
    }

    fn is_cut(&self) -> Markup {
        let first = self.series.first().map_or(1, |part| part.pass);
        html! { @if first > 1 { "; the last " (CHARTED_PASSES) " passes" } }
    }

    /// The picture for those who do not see it.
    fn in_words(&self, per: &str) -> String {
        let bars = || self.series.iter().flat_map(|part| &part.bars);
        let seconds = bars().map(|bar| bar.seconds).sum();
        let paused: f64 = bars().map(|bar| bar.paused).sum();
        let highest = bars().map(RateBar::rate).fold(0.0, f64::max);
        let throttled = bars().map(|bar| bar.throttled).sum();
        let words = |seconds: f64| {
            in_words(std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default())
        };
        format!(
            "{per} over {}: at most {}, {} paused, {}",
            words(seconds),
            self.unit.shown(highest),
            words(paused),
            counted_grouped(throttled, "HTTP 429 response")
        )
    }

    /// Where a number of requests in the unit of time is.
    fn height(&self, requests: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * requests / self.most
    }

    fn levels(&self) -> impl Iterator<Item = f64> {
        let levels = (0..=10).map(|level| f64::from(level) * self.step);
        levels.take_while(|level| *level <= self.most * 1.001)
    }

    fn scale(&self) -> Markup {
        let decimals = usize::from(self.step < 1.0);
        let shown = |level: f64| format!("{level:.decimals$}");
        let longest = self.levels().map(|level| shown(level).len()).max();
        let width = longest.unwrap_or_default() * 8 + 8;
        html! {
            svg.scale width=(width) height=(HEIGHT) aria-hidden="true" {
                @for level in self.levels() {
                    text x=(width - 8) y=(pixel(self.height(level) + 4.0)) text-anchor="end" { (shown(level)) }
                }
            }
        }
    }

    fn grid(&self) -> Markup {
        html! {
            @for level in self.levels() {
                (line(if level > 0.0 { "grid" } else { "axis" }, self.height(level)))
            }
        }
    }

    /// The rates that were asked for, where there is room for them.
    fn limits(&self) -> impl Iterator<Item = (&Series, f64)> {
        let factor = self.unit.duration().as_secs_f64();
        let limits = self
            .series
            .iter()
            .filter_map(move |part| Some((part, part.asked? * factor)));
        limits.filter(|(_, asked)| *asked <= self.most)
    }

    fn limit_lines(&self) -> Markup {
        html! {
            @for (part, asked) in self.limits() {
                @let height = pixel(self.height(asked));
                line.limit x1=(percent(part.at)) x2=(percent(part.at + part.width)) y1=(height) y2=(height) {}
            }
        }
    }

    fn bars(&self, part: &Series) -> Markup {
        let factor = self.unit.duration().as_secs_f64();
        html! {
            @if part.at > 0.0 {
                line.between x1=(percent(part.at)) x2=(percent(part.at)) y1=(0) y2=(BOTTOM) {}
            }
            @for bar in &part.bars {
                @let top = self.height(bar.rate() * factor);
                rect.requests shape-rendering="crispEdges" x=(percent(part.place(bar.start)))
                    width=(percent(part.width * bar.seconds / part.seconds))
                    y=(pixel(top)) height=(pixel(BOTTOM - top)) {}
                @if bar.throttled > 0 {
                    circle.throttled cx=(percent(part.place(bar.start + bar.seconds / 2.0))) cy="8" r="4" {}
                }
            }
        }
    }

    /// What is written below the axis: times, or where each pass begins.
    fn times(&self) -> Markup {
        html! {
            @match &self.series[..] {
                [part] => @for at in ticks(part) {
                    @let place = percent(part.place(seconds_between(part.began, at)));
                    line.axis x1=(place) x2=(place) y1=(BOTTOM) y2=(BOTTOM + 4.0) {}
                    text x=(place) y=(BOTTOM + 18.0) text-anchor="middle" { (clock(at)) }
                },
                parts => @for part in apart(parts) {
                    text x=(percent(part.at)) y=(BOTTOM + 16.0) { "pass " (part.pass) }
                    text x=(percent(part.at)) y=(BOTTOM + 31.0) { (clock(part.began)) }
                },
            }
        }
    }

    fn key(&self) -> Markup {
        let bars = || self.series.iter().flat_map(|part| &part.bars);
        html! {
            ul.key {
                li { (swatch("requests")) "requests" }
                @if bars().any(|bar| bar.paused > 0.0) { li { (swatch("pause")) "paused (rate limited)" } }
                @if bars().any(|bar| bar.throttled > 0) { li { (swatch("throttled")) "HTTP 429 responses (dots above)" } }
                @if self.limits().next().is_some() { li { "- - - requested rate" } }
            }
        }
    }
}

fn pauses(part: &Series) -> Markup {
    html! {
        @for (start, seconds) in part.pauses() {
            rect.pause shape-rendering="crispEdges" x=(percent(part.place(start)))
                width=(percent(part.width * seconds / part.seconds))
                y=(TOP) height=(BOTTOM - TOP) {}
        }
    }
}

fn line(class: &str, y: f64) -> Markup {
    html! { line class=(class) x1="0" x2="100%" y1=(pixel(y)) y2=(pixel(y)) {} }
}

fn pixel(number: f64) -> String {
    format!("{number:.1}")
}

/// A step of 1, 2 or 5 times a power of ten that goes into `most` at most five times.
fn step(most: f64) -> f64 {
    let least = most.max(0.5) / 5.0;
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or(power * 10.0)
}

/// Round times in a pass, not too near to its ends.
fn ticks(part: &Series) -> Vec<Timestamp> {
    // Rounded up: the last of so many steps is at the end, or behind it.
    let whole = SignedDuration::try_from_secs_f64(part.seconds.ceil()).unwrap_or_default();
    let least = (whole.as_secs() + MOST_TIMES - 1) / MOST_TIMES;
    let step = STEPS
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or(least.max(1));
    let first = part.began.as_second().div_euclid(step) * step;
    let times = (0..=MOST_TIMES + 1).map(|at| first + at * step);
    let times = times.filter_map(|second| Timestamp::from_second(second).ok());
    times
        .filter(|at| (8.0..=92.0).contains(&part.place(seconds_between(part.began, *at))))
        .collect()
}

fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

/// Those parts whose beginnings have room for words.
fn apart(parts: &[Series]) -> Vec<&Series> {
    let mut room = 0.0;
    let mut apart = Vec::new();
    for part in parts
        .iter()
        .filter(|part| part.at <= 100.0 - LEAST_DISTANCE / 1.5)
    {
        if part.at >= room {
            room = part.at + LEAST_DISTANCE;
            apart.push(part);
        }
    }
    apart
}

fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_reach_from_one_end_of_the_axis_to_the_other() {
        for seconds in [3.0, 9.8, 10.0, 61.0, 84.0, 599.0, 5000.0, 90_000.0] {
            let part = Series {
                pass: 1,
                began: "2026-03-01T08:00:03.4Z".parse().expect("a time"),
                seconds,
                at: 0.0,
                width: 100.0,
                asked: None,
                bars: Vec::new(),
            };
            let places: Vec<_> = ticks(&part)
                .into_iter()
                .map(|at| part.place(seconds_between(part.began, at)))
                .collect();
            assert!(places.len() <= 5, "{seconds}: {places:?}");
            let ends = [0.0]
                .into_iter()
                .chain(places.iter().copied())
                .chain([100.0]);
            let ends: Vec<_> = ends.collect();
            // No further from each other than two steps of five.
            assert!(
                ends.windows(2).all(|pair| pair[1] - pair[0] <= 60.0),
                "{seconds}: {places:?}"
            );
            assert!(ends[ends.len() - 2] >= 50.0, "{seconds}: {places:?}");
        }
    }
}
