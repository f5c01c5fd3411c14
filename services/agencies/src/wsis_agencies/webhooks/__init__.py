"""The process `webhooks`: sends public events to the receivers of agencies, on asyncio."""
