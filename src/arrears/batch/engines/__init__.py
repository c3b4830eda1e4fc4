"""The engines that can run the steps: each adapter is one small file with the same methods."""
