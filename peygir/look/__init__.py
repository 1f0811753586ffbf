"""How everything looks: templates, tokens, components, filters, charts. Knows no case and no city."""
