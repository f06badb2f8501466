"""The sample product on sale: companies' filings behind an API and on pages. Replace it with your own."""
