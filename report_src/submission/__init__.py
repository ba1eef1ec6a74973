"""What is handed in, bundled or audited after a build. It never changes what the build made."""
