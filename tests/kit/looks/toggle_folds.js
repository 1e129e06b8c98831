// Turns each fold of the text: what was open is shut, what was shut is open.
() => {
  for (const fold of document.querySelectorAll(":is(main, [role=main]) details"))
    fold.open = !fold.open;
};
