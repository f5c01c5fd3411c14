"""Mail that comes back: bounces and complaints."""
