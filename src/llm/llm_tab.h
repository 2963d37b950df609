/* One row per way to run a model: `const struct llm_ops llm_NAME` stands in its own file. Alphabetical. */
LLM(embedded)
