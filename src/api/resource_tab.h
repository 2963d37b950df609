/* One row per resource: `const struct resource res_NAME` stands in its own file. Alphabetical. */
RESOURCE(graphql)
RESOURCE(interactions)
RESOURCE(jobs)
RESOURCE(people)
RESOURCE(questions)
RESOURCE(system)
RESOURCE(uploads)
