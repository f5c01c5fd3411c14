"""The process `sender`: claims rows of campaigns and hands their mails to the relay."""
