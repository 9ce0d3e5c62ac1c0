"""The language server: findings and fixes in the editor. Needs the extra ``gofixer[lsp]``."""
