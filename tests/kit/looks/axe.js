// What axe-core finds in the page, or in what a selector names.
async ([rules, within]) => {
  const where = within ? { include: [[within]] } : document;
  const { violations } = await axe.run(where, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const [why] = [...any, ...all, ...none];
      return `${id}: ${target.join(" ")}: ${why?.message ?? ""}`;
    }),
  );
}
