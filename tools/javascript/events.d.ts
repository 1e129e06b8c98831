// Our own events and data-* names, by which scripts that do not import each other work together.
// tests/test_events.py holds this list against the scripts.

interface GlobalEventHandlersEventMap {
  /** On the document: words for screen readers. From copy-button.js, film.js; to accessibility.js. */
  say: CustomEvent<string>;
  /** On a cell: what is its code now? From copy-button.js; cell_view.js writes it into `code`. */
  "code-asked": CustomEvent<{ code: string | null }>;
  /** On the scratch cell, with its label: it is there now. From controller.js; to copy-button.js. */
  "cell-opened": CustomEvent<string>;
  /** On a live output: it is on the page now. From cell_view.js; to five scripts, log-panels.js first. */
  "output-shown": Event;
  /** On a cell: where is this line of its code? From lines.js; cell_view.js writes the rest. */
  "line-asked": CustomEvent<{
    line: number;
    isOld: boolean;
    found: { place: DOMRect; text: string } | null;
  }>;
  /** On a film: the line of the cell whose frame is shown, if it has one. From film.js; to lines.js. */
  "line-shown": CustomEvent<string | undefined>;
  /** On a cell: its code, or which output is shown, may be another. From cell_view.js; to lines.js. */
  "cell-changed": Event;
  /** On a prediction: an option was opened while the output was hidden. From predictions.js; to
   * progress.js. */
  "prediction-made": Event;
  /** In an exercise: an attempt was graded. From exercise.js; to progress.js. */
  "exercise-graded": CustomEvent<{ passed: boolean }>;
  /** On the document: show a variant, or "main". From variants.js and controller.js; to both, to the
   * script in a page's head, to lazy_start.js, to lines.js and to lane-ends.js. */
  "variant-chosen": CustomEvent<{ name: string }>;
}

// data-*       on                   written by                     read by
// data-live    <html>               live_cells/sphinx_extension    first_buttons.js, live.css
// data-live    a live output        cell_outputs.js                   style sheets, tests
// data-log     <html>               myst_doctest/sphinx_extension  log-panels.js, myst-doctest.css
// data-values  <html>               sphinx_extension, log-panels   myst-doctest.css
// data-variant <html>               showing/variants.py            variants.js, shown_variant.js, myst-doctest.css
// data-line    what a cell showed   showing/tree.py                lines.js, myst-doctest.css
// data-line    a film's frame       orm_tutorial/show/frames.py    lines.js, film.js
// data-cell    .live-tools          live_cells/sphinx_extension    controller.js, copy-button.js
// data-cell    .try-it              live_cells/sphinx_extension    tries.js, with data-number
// data-exercise .live-tools         live_cells/sphinx_extension    controller.js, first_buttons.js
// data-title   the same             live_cells/sphinx_extension    first_buttons.js
// data-design  the same             live_cells/sphinx_extension    controller.js
// data-digest  .predict, .exercise  showing/predictions.py, exercise_cards.py  progress.js
// data-first   an option            predictions.js                 progress.js
// data-progress <html>              tutorial_site/progress         progress-start.js, progress.js, doors.css
// data-verdict .exercise-verdict    exercise.js                    controller.css
// data-name    .cell_input          copy-button.js                 accessibility.js
// data-act     a button of a cell   element.js                     lazy_start.js, element.js
// data-cell-href  .report-page      page/templates/furo-page.html  cell_menu.js, with data-cell-words
// data-copied  a cell's name        copy-button.js                 copy-button.css
// data-state   .live-bar            status_bar.js                  controller.css, tests
// data-asked   .live-bar            status_bar.js, lazy_start.js   live.css
