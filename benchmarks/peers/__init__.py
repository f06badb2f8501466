"""What Turnpike is compared with: a Django without anything but the views in `views` and stock dj-stripe."""
