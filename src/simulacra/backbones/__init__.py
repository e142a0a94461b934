"""Who answers: language models behind one small protocol, the rule-based reflex, scripted fakes, and the ledger."""
