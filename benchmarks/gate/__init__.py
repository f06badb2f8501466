"""What a gate costs: an endpoint behind it, beside the same without one under the stock authentication of DRF."""
