//! The analysis, by all processors.

use crate::failure::Failure;
use engine::{Analysis, Answer, Options, Portion, Status};
use series::Dataset;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// More threads than this wait for the stages that one does alone.
const MOST_HELPERS: usize = 7;
/// Portions out per helper: one to work on, and one for then.
const PORTIONS: usize = 2;

/// Analyses a data set; the result does not depend on how many processors there are.
///
/// # Errors
/// Data that give nothing to analyse.
pub(crate) fn analyze(dataset: Dataset, options: &Options) -> Result<Analysis, Failure> {
    let mut analysis =
        Analysis::new(dataset, options.clone()).map_err(|error| Failure::input(format_args!("{error}.")))?;
    let helpers = thread::available_parallelism().map_or(0, |count| count.get() - 1).min(MOST_HELPERS);
    let (portions, work) = channel();
    let (answers, done) = channel();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        let mut started = 0;
        let mut out = 0;
        while analysis.step() != Status::Done {
            while out < PORTIONS * helpers
                && let Some(portion) = analysis.hand_out()
            {
                if started < helpers {
                    started += 1;
                    let (work, answers) = (&work, answers.clone());
                    scope.spawn(move || help(work, &answers));
                }
                // Helpers end only when no portion can come any more.
                if portions.send(portion).is_ok() {
                    out += 1;
                }
            }
            for answer in done.try_iter() {
                out -= 1;
                analysis.take_in(answer);
            }
        }
        drop(portions);
    });
    Ok(analysis)
}

/// Looks at portions until there are no more.
fn help(work: &Mutex<Receiver<Portion>>, answers: &Sender<Answer>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(portion) = next else { return };
        if answers.send(portion.answer()).is_err() {
            return;
        }
    }
}
