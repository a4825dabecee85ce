"""审核: the desk, and the replies a reviewer keeps."""
