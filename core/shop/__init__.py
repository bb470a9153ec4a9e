"""The shop's own world: products, customers, orders, their guards, local and remote shops."""
